/// What a user is in an organisation and everything under it; a user may hold several where they are compatible.
package enum Role: String, Codable, CaseIterable, Sendable {
    case caseWorker
    case reviewer
    case approver
    case programmeOfficer
    case financeOfficer
    case financeChecker
    case financeApprover
    case cashier
    case auditor
    case administrator

    package var permissions: Set<Permission> {
        own.union([.read, .anyone])
    }

    private var own: Set<Permission> {
        switch self {
        case .caseWorker: [.registerPeople, .revealPersonalData, .workCases, .publishNotices]
        case .reviewer: [.reviewCases, .decideCases]
        case .approver: [.approveCases, .decideCases]
        case .programmeOfficer: [.manageProgrammes, .publishNotices]
        case .financeOfficer: [.createFunds, .manageFunds, .prepareRuns, .importResults]
        case .financeChecker: [.checkRuns]
        case .financeApprover: [.approveRuns]
        case .cashier: [.releaseRuns]
        case .auditor: [.audit]
        case .administrator: [.administer, .manageOrganisations, .manageProgrammes, .createFunds, .operateJobs]
        }
    }

    /// Pairs of roles that one user may never hold at once (不相容岗位): the one who runs the system handles no money, the
    /// one who audits takes no part, who hands money to the bank decides on nobody's, and nobody passes their own payment on
    /// to the next hand.
    package static let incompatible: Set<Set<Role>> = {
        var pairs: Set<Set<Role>> = [
            [.financeOfficer, .financeApprover], [.financeOfficer, .cashier], [.financeApprover, .cashier],
            [.financeChecker, .financeApprover], [.cashier, .caseWorker], [.cashier, .reviewer], [.cashier, .approver],
        ]
        for role in [Role.approver, .financeApprover, .cashier, .financeOfficer, .financeChecker] {
            pairs.insert([.administrator, role])
        }
        for role in Role.allCases where role != .auditor && role != .administrator {
            pairs.insert([.auditor, role])
        }
        return pairs
    }()

    package func isCompatible(with other: Role) -> Bool {
        !Self.incompatible.contains([self, other])
    }
}

extension Role: Choice {
    package var title: Phrase {
        switch self {
        case .caseWorker: Phrase("case worker", "经办人")
        case .reviewer: Phrase("reviewer", "审核人")
        case .approver: Phrase("approver", "审批人")
        case .programmeOfficer: Phrase("programme officer", "项目管理员")
        case .financeOfficer: Phrase("finance officer", "财务经办")
        case .financeChecker: Phrase("finance checker", "财务复核")
        case .financeApprover: Phrase("finance approver", "财务审批")
        case .cashier: Phrase("cashier", "出纳")
        case .auditor: Phrase("auditor", "审计员")
        case .administrator: Phrase("administrator", "系统管理员")
        }
    }
}
