namespace ModularShop.Host.Import;

/// <summary>
/// The first of two readings of a file. It reads all of the file before anything is imported, so that a broken file is refused as a
/// whole.
/// </summary>
internal static class FileCheck
{
    private const int MaxProblems = 10;
    private const int LinesPerReport = 1000;

    /// <param name="rejects">Receives the skipped lines; null when they are not wanted.</param>
    /// <param name="report">Called from time to time with the current line number.</param>
    /// <exception cref="FileRefusedException">The file cannot be read, or contains malformed lines.</exception>
    public static ImportPlan Run(OnlineRetailFile file, RejectsWriter? rejects, Action<long> report, CancellationToken ct)
    {
        var plan = new ImportPlan();
        var problems = new List<FileProblem>();
        try
        {
            using var reader = file.Read(OrderOfDates(file, ct));
            while (problems.Count < MaxProblems && Take(reader, plan, rejects, problems))
            {
                if (plan.Rows % LinesPerReport == 0)
                {
                    ct.ThrowIfCancellationRequested();
                    report(reader.LastLine);
                }
            }
            plan.LastLine = reader.LastLine;
            (plan.Dates, plan.Undecided) = (reader.Dates.Evidence, reader.Dates.Undecided);
            if (problems.Count == 0 && reader.WrongEncoding is { } wrong)
            {
                problems.Add(wrong);
            }
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

    // If the first date has the year last, dates are read ahead until one of them shows whether days or months come first. If the first
    // date has another form, the others are assumed to have it too.
    private static DateEvidence? OrderOfDates(OnlineRetailFile file, CancellationToken ct)
    {
        using var reader = file.Read();
        var (hasMore, isWellFormed) = (true, false);
        while (hasMore && reader.Dates.Evidence is null && (!isWellFormed || reader.Dates.YearsLast > 0))
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                hasMore = reader.Read() is not null;
                isWellFormed = true;
            }
            catch (MalformedLineException)
            {
                // The check itself reports it.
            }
        }
        return reader.Dates.Evidence;
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
