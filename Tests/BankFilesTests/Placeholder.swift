enum BankFilesTestsPlaceholder {}
