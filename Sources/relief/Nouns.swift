import ArgumentParser

/// What the verbs are about, in the order in which help lists them.
let nouns: [any ParsableCommand.Type] = [
    UserNoun.self, TokenNoun.self, OrganisationNoun.self, ConfirmationNoun.self, EmployerNoun.self, PersonNoun.self,
    MembershipNoun.self,
    AccountNoun.self, HouseholdNoun.self, ArchiveNoun.self, ProgrammeNoun.self, ParameterNoun.self, CalendarNoun.self,
    CaseNoun.self,
    VisitNoun.self, MeansNoun.self, FollowupNoun.self, AwardNoun.self, EvidenceNoun.self, NoticeNoun.self,
    ObjectionNoun.self, FundNoun.self, RunNoun.self, PaymentNoun.self, BankNoun.self, RemittanceNoun.self,
    JobNoun.self, QueueNoun.self, ScheduleNoun.self, AuditNoun.self, ClockNoun.self, DoctorNoun.self,
]
