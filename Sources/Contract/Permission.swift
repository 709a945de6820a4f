/// What a role lets its holder do inside the subtree it was granted in.
package enum Permission: String, Codable, CaseIterable, Sendable {
    case administer
    case manageOrganisations
    case registerPeople
    case revealPersonalData
    case workCases
    case reviewCases
    case approveCases
    /// Held by all who decide a step of a case; the step's kind then asks for `reviewCases` or `approveCases`.
    case decideCases
    case publishNotices
    case manageProgrammes
    case createFunds
    case manageFunds
    case prepareRuns
    case checkRuns
    case approveRuns
    case releaseRuns
    case importResults
    case operateJobs
    case audit
    /// Held by every role.
    case read
    /// Held by every authenticated user, also one without any role.
    case anyone
}
