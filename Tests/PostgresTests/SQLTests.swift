import Postgres
import Testing

struct SQLTests {
    @Test func `values become binds, fragments are renumbered`() {
        let filter: SQL = "unit = \("a") AND year = \(2026)"
        let statement: SQL = "SELECT * FROM \(unescaped: "cases") WHERE id = \(7) AND (\(filter)) LIMIT \(3)"
        #expect(statement.text == "SELECT * FROM cases WHERE id = $1 AND (unit = $2 AND year = $3) LIMIT $4")
        #expect(statement.parameters.count == 4)
        let sum = filter + " OR id = \(1)"
        #expect(sum.text == "unit = $1 AND year = $2 OR id = $3")
    }

    @Test func `an identifier can't end its quotes`() {
        let statement: SQL = "LISTEN \(identifier: "a\"; DROP TABLE x; --")"
        #expect(statement.text == "LISTEN \"a\"\"; DROP TABLE x; --\"")
    }
}
