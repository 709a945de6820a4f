enum CELTestsPlaceholder {}
