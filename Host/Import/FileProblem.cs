
namespace ModularShop.Host.Import;

/// <summary>What is wrong with a file, and where; the line is null when it is wrong as a whole.</summary>
internal sealed record FileProblem(long? Line, string Message)
{
    public override string ToString() => Line is { } line ? $"line {line}: {Message}" : Message;
}

/// <summary>The file is broken, so that nothing behind this place can be read.</summary>
internal sealed class UnreadableFileException(FileProblem problem) : Exception(problem.ToString())
{
    public UnreadableFileException(long? line, string message)
        : this(new FileProblem(line, message)) { }

    public FileProblem Problem => problem;
}

/// <summary>One line is wrong; those behind it can be read.</summary>
internal sealed class MalformedLineException(FileProblem problem) : Exception(problem.ToString())
{
    public MalformedLineException(long line, string message)
        : this(new FileProblem(line, message)) { }

    public FileProblem Problem => problem;
}

/// <summary>Nothing of the file is imported, and this is why.</summary>
internal sealed class FileRefusedException(IReadOnlyList<FileProblem> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<FileProblem> Problems => problems;
}
