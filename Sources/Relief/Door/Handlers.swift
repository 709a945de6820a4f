extension Handler {
    /// Every operation that relief knows how to do; each noun lists its own.
    static let all: [Handler] = [
        Audit.handlers,
        Organisations.handlers,
        Confirmations.handlers,
        Users.handlers,
        Employers.handlers,
        People.handlers,
        Accounts.handlers,
        Households.handlers,
        Programmes.handlers,
        Calendars.handlers,
        Cases.handlers,
        Archives.handlers,
        Notices.handlers,
        Funds.handlers,
        Runs.handlers,
        Payments.handlers,
        BankLines.handlers,
        BankMatches.handlers,
        JobOperations.handlers,
        QueueOperations.handlers,
        ScheduleOperations.handlers,
        TopOperation.handlers,
        SystemOperations.handlers,
    ].flatMap(\.self)
}
