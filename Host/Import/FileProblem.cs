namespace ModularShop.Host.Import;

/// <summary>What is wrong with a file, and in which line; the line is null when the problem concerns the whole file.</summary>
internal sealed record FileProblem(long? Line, string Message)
{
    public override string ToString() => Line is { } line ? $"line {line}: {Message}" : Message;
}

/// <summary>The file is broken, and nothing after this place can be read.</summary>
internal sealed class UnreadableFileException(FileProblem problem) : Exception(problem.ToString())
{
    public UnreadableFileException(long? line, string message)
        : this(new FileProblem(line, message)) { }

    public FileProblem Problem => problem;
}

/// <summary>One line is malformed. The lines after it can be read.</summary>
internal sealed class MalformedLineException(FileProblem problem) : Exception(problem.ToString())
{
    public MalformedLineException(long line, string message)
        : this(new FileProblem(line, message)) { }

    public FileProblem Problem => problem;
}

/// <summary>Nothing of the file was imported, for these reasons.</summary>
internal sealed class FileRefusedException(IReadOnlyList<FileProblem> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<FileProblem> Problems => problems;
}
