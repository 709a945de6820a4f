// The few operations that take in a file. In JSON bytes stand in base64, which is a third longer, and a text may be escaped.

extension ImportCases { package static var longestBody: Int { 32 << 20 } }
extension ImportArchives { package static var longestBody: Int { 32 << 20 } }
extension ImportHouseholds { package static var longestBody: Int { 32 << 20 } }
extension ImportRemittances { package static var longestBody: Int { 32 << 20 } }
/// A file of the bank's has 64 MiB at most.
extension ImportBankFile { package static var longestBody: Int { 88 << 20 } }
/// A paper has 10 MiB at most.
extension AddEvidence { package static var longestBody: Int { 14 << 20 } }
/// A pack has 256 KiB at most.
extension CheckProgramme { package static var longestBody: Int { 2 << 20 } }
extension AddProgramme { package static var longestBody: Int { 2 << 20 } }
extension SetCalendar { package static var longestBody: Int { 1 << 20 } }
