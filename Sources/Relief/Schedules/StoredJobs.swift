import Jobs

// The engine's views under names of their own: the contract calls its views the same.
typealias StoredJob = JobView
typealias StoredJobState = JobState
typealias StoredQueue = QueueView
