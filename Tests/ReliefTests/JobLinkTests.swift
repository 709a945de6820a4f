import Contract
import Foundation
import Jobs
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// From a case and a run to their jobs, and back.
@Suite(.database)
struct JobLinkTests {
    private func bank() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-bank-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func `a released run is handed to the bank by a job of its own, which run and case show`() async throws {
        let folder = try bank()
        defer { try? FileManager.default.removeItem(at: folder) }
        let treasury = try await Treasury.open(cases: 1, bankFolder: folder)
        let (door, office) = (treasury.door, treasury.office)
        let run = try await treasury.run(.released)
        let subject = "run/\(run.number)"
        var jobs = try await door.answer(ShowRun(run: run.number), as: office.finance).jobs ?? []
        #expect(jobs.map(\.kind) == ["run.handOver"] && jobs.map(\.state) == [.available])
        #expect(jobs.map(\.subject) == [subject])
        #expect(try await office.runDueJobs() == 1)
        let shown = try await door.answer(ShowRun(run: run.number), as: office.finance)
        #expect(shown.state == .filed && shown.jobs?.map(\.state) == [.completed])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "to-bank").path).count == 1)
        // From the case that it pays, by whoever may see the case; and back, from the job.
        jobs = try await door.answer(ShowCase(case: treasury.cases[0]), as: office.worker).jobs ?? []
        #expect(jobs.contains { $0.subject == subject && $0.kind == "run.handOver" })
        let listed = try await door.answer(ListJobs(subject: subject), as: office.admin).items
        #expect(listed.map(\.kind) == ["run.handOver"])
        let own = try #require(listed.first)
        let job = try await door.answer(ShowJob(job: own.id), as: office.admin)
        #expect(job.subject == subject && job.concerned == [run.number] && job.why == "It is done.")
    }

    @Test func `without a bank's folder a release asks nobody to hand over`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let run = try await treasury.run(.released)
        #expect(try await treasury.door.answer(ShowRun(run: run.number), as: treasury.office.finance).jobs == [])
    }

    @Test func `a hand-over that comes too late does nothing and leaves no trace`() async throws {
        let folder = try bank()
        defer { try? FileManager.default.removeItem(at: folder) }
        let treasury = try await Treasury.open(cases: 1, bankFolder: folder)
        _ = try await treasury.run(.released)
        _ = try await treasury.door.perform(FileReleasedRuns(), as: .system)
        let events = try await treasury.count("SELECT count(*) FROM audit.event")
        #expect(try await treasury.office.runDueJobs() == 1)
        #expect(try await treasury.count("SELECT count(*) FROM audit.event") == events)
    }

    @Test func `a case is cleared by a job of its own on the day after its notice`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let notice = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        let job = try #require(try await desk.show(number).jobs?.first)
        #expect(job.kind == "notice.clear" && job.state == .scheduled && job.subject == "case/\(number)")
        let end = notice.endsOn
        #expect(job.dueAt == end.adding(days: 1).start())
        desk.go(to: "\(end)")
        #expect(try await desk.office.runDueJobs() == 0)
        desk.office.clock.set(job.dueAt)
        #expect(try await desk.office.runDueJobs() == 1)
        let cleared = try await desk.show(number)
        #expect(cleared.step == "approve" && cleared.jobs?.map(\.state) == [.completed])
        let over = try await desk.door.answer(ShowNotice(notice: notice.number), as: desk.office.worker)
        #expect(over.state == .closed)
    }

    @Test func `a notice that was paused is ended by the same job, later`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let notice = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        let before = try #require(try await desk.show(number).jobs?.first)
        let objected = try await desk.door.perform(
            ObjectToNotice(notice: notice.number, case: number, text: "收入不实", raisedBy: "群众"), as: desk.office.worker)
        desk.office.clock.advance(bySeconds: 3 * 86_400)
        let resolved = try await desk.door.perform(
            ResolveObjection(objection: objected.objections[0].id, outcome: .dismissed, reason: "经查不属实"),
            as: desk.office.worker2)
        let after = try #require(try await desk.show(number).jobs?.first)
        #expect(after.id == before.id && after.dueAt > before.dueAt)
        #expect(after.dueAt == resolved.endsOn.adding(days: 1).start())
    }

    @Test func `a round that worked on a case is shown with it, and names it`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.submitted(try await desk.archivedHome(1).child)
        let untouched = try await desk.draft(try await desk.archivedHome(2).child)
        desk.office.clock.advance(bySeconds: 60 * 86_400)
        try await desk.door.pool.transaction {
            _ = try await Jobs.enqueue(Round<MarkOverdueSteps>(), in: $0, now: desk.office.clock.now())
        }
        #expect(try await desk.office.runDueJobs() == 1)
        let jobs = try await desk.show(number).jobs ?? []
        #expect(jobs.map(\.kind) == ["case.markOverdue"] && jobs.map(\.state) == [.completed])
        #expect(jobs.map(\.subject) == [nil])
        #expect(try await desk.show(untouched).jobs == [])
        let round = try #require(jobs.first)
        let job = try await desk.door.answer(ShowJob(job: round.id), as: desk.office.admin)
        #expect(job.concerned == [number])
    }

    @Test func `G16: jobs name cases of every union, so that only the root's administrator lists them`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        let county = try await desk.promote("nobody", uid: 4_015, to: .administrator, in: "HD")
        for refused in [
            try await desk.refusal { try await desk.door.answer(ListJobs(), as: county) },
            try await desk.refusal { try await desk.door.answer(TailJobs(), as: county) },
            try await desk.refusal { try await desk.door.answer(ShowTop(), as: county) },
            try await desk.refusal { try await desk.door.answer(ShowJob(job: 1), as: county) },
        ] {
            #expect(refused.code == .forbidden)
        }
        // Whoever may see the case sees its job; who may not, learns of neither.
        #expect(try await desk.show(number).jobs?.count == 1)
        let hidden = try await desk.refusal { try await desk.show(number, as: desk.office.otherWorker) }
        #expect(hidden.code == .notFound)
    }
}
