import Contract
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

extension Desk {
    /// Somebody new with one role in a union.
    func hire(_ login: String, _ role: Role, in union: String, uid: UInt32) async throws -> Principal {
        try await office.hire(login, role, in: union, uid: uid)
    }

    /// Puts a union under another, which funds it from a day on: today where none is given.
    @discardableResult
    func attach(_ union: String, to parent: String, from day: Day? = nil) async throws -> OrganisationView {
        try await door.perform(
            AttachOrganisation(organisation: union, parent: parent, fundParent: true, from: day ?? office.today),
            as: office.admin)
    }

    /// A case of 金秋助学 of the county CD up to the open step of public notice, by the staff of its city XN.
    func countyReviewed(_ student: PersonView) async throws -> String {
        let number = try await draft(student, union: "CD")
        _ = try await door.perform(SubmitCase(case: number), as: office.worker)
        for reviewer in [office.reviewer, office.reviewer2] { try await decide(number, by: reviewer) }
        return number
    }

    /// The same, granted out of the city's fund F1 to a student who has an account.
    func countyAwarded(_ student: PersonView, card seed: UInt64) async throws -> String {
        var made = Synthetic(seed: seed)
        _ = try await door.perform(
            RegisterAccount(
                owner: student.number, holder: student.name, bank: "某银行", number: made.card(), kind: .card),
            as: office.worker)
        let number = try await countyReviewed(student)
        _ = try await door.perform(
            PublishNotice(programme: "P04", organisation: "XN", cases: [number]), as: office.worker)
        office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await door.perform(CloseDueNotices(), as: .system)
        try await decide(number, by: office.approver)
        try await decide(number, by: office.approver2)
        return number
    }

    func numbers(as asker: Principal) async throws -> [String] {
        try await door.answer(ListCases(), as: asker).items.map(\.number)
    }
}
