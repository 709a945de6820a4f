enum ReliefPlaceholder {}
