import Foundation
import Output

/// The whole terminal, taken for a live view and given back as it was.
struct Screen {
    /// What it was like before: nil where standard input is no terminal.
    private let before: termios?

    /// Columns and lines of the terminal on standard output; nil where it is none.
    static var size: (width: Int, height: Int)? {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Takes it: the other screen, no cursor, and what is typed isn't shown.
    init() throws(Unwritten) {
        var mode = termios()
        if tcgetattr(STDIN_FILENO, &mode) == 0 {
            before = mode
            mode.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &mode)
        } else {
            before = nil
        }
        try Standard.raw("\u{1B}[?1049h\u{1B}[?25l")
    }

    func giveBack() {
        try? Standard.raw("\u{1B}[?25h\u{1B}[?1049l")
        if var before { tcsetattr(STDIN_FILENO, TCSANOW, &before) }
    }

    /// Shows lines from the top, in one write so that nothing flickers.
    func show(_ lines: [TopFrame.Line]) throws(Unwritten) {
        let text = lines.map { line in
            switch line.style {
            case .plain: line.text.legible
            case .title: "\u{1B}[7m\(line.text.legible)\u{1B}[0m"
            case .heading: "\u{1B}[1m\(line.text.legible)\u{1B}[0m"
            }
        }
        let picture = "\u{1B}[H" + text.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
        try Standard.raw(picture)
    }
}
