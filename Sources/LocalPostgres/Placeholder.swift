enum LocalPostgresPlaceholder {}
