enum CELPlaceholder {}
