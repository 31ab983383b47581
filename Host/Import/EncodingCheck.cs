using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ModularShop.Host.Import;

/// <summary>
/// Checks each line for signs that the file has another encoding than stated, so that no character is silently replaced or misread.
/// </summary>
internal sealed class EncodingCheck(TextEncoding encoding)
{
    private const byte FirstLatin1Letter = 0xA0;

    private FileProblem? firstThatIsUtf8;
    private bool isSingleByte;

    /// <summary>
    /// The problem when a single-byte encoding was stated, but every line with non-ASCII characters is valid UTF-8; otherwise null.
    /// </summary>
    public FileProblem? Wrong => isSingleByte ? null : firstThatIsUtf8;

    /// <summary>What is wrong with a line; null when nothing is.</summary>
    /// <param name="bytes">The line in UTF-8, converted from a single-byte encoding if one was stated.</param>
    public FileProblem? Problem(ReadOnlySpan<byte> bytes, long line) =>
        Ascii.IsValid(bytes) ? null
        : encoding.Encoding is { } singleByte ? ProblemOfSingleByte(Encoding.UTF8.GetString(bytes), line, singleByte)
        : Utf8.IsValid(bytes) ? null
        : NotUtf8(bytes, line);

    private FileProblem? ProblemOfSingleByte(string text, long line, Encoding singleByte)
    {
        if (Utf8.IsValid(singleByte.GetBytes(text)))
        {
            firstThatIsUtf8 ??= new FileProblem(
                line,
                $"it is UTF-8, as each line with other than ASCII characters is; leave out --encoding {encoding.Name}."
            );
            return null;
        }
        isSingleByte = true;
        // Text does not contain these control characters. In another encoding, the bytes are letters and quotation marks.
        var i = text.AsSpan().IndexOfAnyInRange('\u0080', '\u009F');
        return i < 0
            ? null
            : new FileProblem(
                line + text.AsSpan(0, i).Count('\n'),
                $"byte {(int)text[i]:X2} is no character of {encoding.Name}."
                    + (encoding == TextEncoding.Latin1 ? $" Try --encoding {TextEncoding.Windows1252.Name}." : "")
            );
    }

    private static FileProblem NotUtf8(ReadOnlySpan<byte> bytes, long line)
    {
        while (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done)
        {
            line += rune.Value == '\n' ? 1 : 0;
            bytes = bytes[length..];
        }
        var likely = bytes[0] < FirstLatin1Letter ? TextEncoding.Windows1252 : TextEncoding.Latin1;
        return new FileProblem(
            line,
            $"it is not UTF-8 (byte {bytes[0]:X2}). Say which encoding it has, such as --encoding {likely.Name}, or convert the file."
        );
    }
}
