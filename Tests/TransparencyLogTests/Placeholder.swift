enum TransparencyLogTestsPlaceholder {}
