package import Contract
import Foundation
package import Output

extension Unwritten {
    /// As `sysexits.h` has it: input or output failed (EX_IOERR).
    package static let exitCode: Int32 = 74

    /// What isn't there, and why.
    package var phrase: Phrase {
        guard let file else {
            return Phrase("The answer could not be written: \(reason.en).", "结果没能写出：\(reason.zh)。")
        }
        return Phrase(
            "The file “\(file)” could not be written, and nothing of it is there: \(reason.en).",
            "文件“\(file)”没能写成，也没有留下残件：\(reason.zh)。")
    }

    private var reason: Phrase {
        switch code {
        case ENOSPC: Phrase("the disk is full", "磁盘已满")
        case EDQUOT: Phrase("the quota of the disk is used up", "磁盘配额已用完")
        case EFBIG: Phrase("a file may not be so large here", "超出允许的文件大小")
        case EBADF where file == nil: Phrase("the standard output is closed", "标准输出已关闭")
        case EACCES, EPERM: Phrase("you may not write there", "没有写入权限")
        case EROFS: Phrase("the disk can only be read", "磁盘是只读的")
        case ENOENT: Phrase("there is no such folder", "没有这个文件夹")
        case ENOTDIR: Phrase("what should be a folder is none", "所在位置不是文件夹")
        case EISDIR: Phrase("a folder bears that name", "已有同名文件夹")
        case EIO: Phrase("the disk or the terminal failed", "磁盘或终端出错")
        default: Phrase(asGiven: String(cString: strerror(code)))
        }
    }

    /// Says so on the standard error; nothing where the reader has gone.
    package func tell(_ program: String) {
        if !readerIsGone { Standard.error("\(program): \(phrase.shown)") }
    }

    /// Ends the process. A reader that has gone ends it as it ends `cat`: by the signal, which a shell sees as 141 and a
    /// pipeline knows; a code of our own would look like a failure to whoever set pipefail and expects that one.
    package func end(_ program: String) -> Never {
        guard readerIsGone else {
            tell(program)
            exit(Self.exitCode)
        }
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_UNBLOCK, &pipe, nil)
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }
}
