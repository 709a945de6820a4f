enum BankFilesPlaceholder {}
