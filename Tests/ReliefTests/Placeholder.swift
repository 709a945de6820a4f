enum ReliefTestsPlaceholder {}
