package import Contract
import FoundationEssentials
import Jobs
import Postgres
import WorkingDays

/// The engine room at one instant.
enum TopOperation {
    /// Jobs of each list: more than any terminal has lines.
    static let most = 50
}

extension ShowTop: Answerable {
    package func answer(in context: QueryContext) async throws -> TopView {
        let transaction = context.transaction
        let schedules = try await ScheduleOperations.views(in: context)
        return TopView(
            now: context.now, realNow: SystemClock().now(), queues: try await QueueOperations.views(in: transaction),
            engines: try await JobsOverview.engines(in: transaction).map {
                Contract.EngineView(
                    host: $0.host, processID: $0.processID, queues: $0.queues, running: Int64($0.running),
                    startedAt: $0.startedAt, leaseUntil: $0.leaseUntil)
            },
            running: try await JobsOverview.running(limit: TopOperation.most, in: transaction)
                .map(JobOperations.view),
            failures: try await JobsOverview.failures(limit: TopOperation.most, in: transaction)
                .map(JobOperations.view),
            schedules: schedules.sorted {
                ($0.nextAt ?? .distantFuture, $0.name) < ($1.nextAt ?? .distantFuture, $1.name)
            })
    }
}
