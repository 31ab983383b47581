namespace ModularShop.Host.Import;

/// <summary>
/// The first reading of a file: all of it, before anything of it is imported. So a broken file is refused whole, and
/// never half imported.
/// </summary>
internal static class FileCheck
{
    private const int MaxProblems = 10;
    private const int LinesPerReport = 1000;

    /// <param name="rejects">Gets the lines that are skipped; null if nobody wants them.</param>
    /// <param name="report">Is told the line that was reached, now and then.</param>
    /// <exception cref="FileRefusedException">It cannot be read, or lines of it are malformed.</exception>
    public static ImportPlan Run(OnlineRetailFile file, RejectsWriter? rejects, Action<long> report, CancellationToken ct)
    {
        var plan = new ImportPlan();
        var problems = new List<FileProblem>();
        try
        {
            using var reader = file.Read();
            while (problems.Count < MaxProblems && Take(reader, plan, rejects, problems))
            {
                if (plan.Rows % LinesPerReport == 0)
                {
                    ct.ThrowIfCancellationRequested();
                    report(reader.LastLine);
                }
            }
            plan.LastLine = reader.LastLine;
        }
        catch (UnreadableFileException e)
        {
            problems.Add(e.Problem);
        }
        if (problems.Count >= MaxProblems)
        {
            problems.Add(new FileProblem(null, $"the check stopped at {MaxProblems} problems; there may be more."));
        }
        return problems.Count == 0 ? plan : throw new FileRefusedException(problems);
    }

    private static bool Take(OnlineRetailReader reader, ImportPlan plan, RejectsWriter? rejects, List<FileProblem> problems)
    {
        try
        {
            if (reader.Read() is not { } line)
            {
                return false;
            }
            plan.Add(line);
            if (line.Kind.IsSkipped())
            {
                rejects?.Write(line, reader.Fields());
            }
        }
        catch (MalformedLineException e)
        {
            problems.Add(e.Problem);
        }
        return true;
    }
}
