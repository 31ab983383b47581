using System.Text.Json;
using System.Text.RegularExpressions;

namespace ModularShop.SystemTests.BadInput;

/// <summary>The rules that every answer must follow, whatever the request.</summary>
internal static partial class AnswerRules
{
    /// <summary>What is wrong with an answer; empty when nothing is.</summary>
    /// <param name="isBehindServer">Whether another web server is in front of the shop. It names itself, and refuses some requests.</param>
    public static IEnumerable<string> Broken(RawRequest request, RawAnswer answer, string directory, bool isBehindServer)
    {
        if (
            isBehindServer
            && answer is { Status: >= 400 and < 500 }
            && answer.Body.Contains("<center>nginx</center>", StringComparison.Ordinal)
        )
        {
            yield break;
        }
        if (answer.Status is < 200 or >= 500)
        {
            yield return $"the status is {answer.Status}";
        }
        // The answer to a HEAD has no body, and the web server does not explain its own refusals.
        var needsProblem = answer.Status >= 400 && request.Method != "HEAD" && !(request.MayBeRefusedByServer && answer.Body.Length == 0);
        if (needsProblem && !IsProblem(answer))
        {
            yield return "it is no problem+json that says its status";
        }
        // Pages of a third-party library have their own texts.
        var isLibrary = answer.ContentType.StartsWith("text/javascript", StringComparison.Ordinal);
        if (!isLibrary && Leak().Match(answer.Text) is { Success: true } leak)
        {
            yield return $"it tells '{leak.Value}'";
        }
        // An operator's request.
        var mayTellPath = answer.Status == 200 && request.Target.StartsWith("/admin/v1/process", StringComparison.Ordinal);
        foreach (var path in mayTellPath ? [] : new[] { directory, AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            if (answer.Text.Contains(path, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"it tells the path {path}";
            }
        }
        if (!isBehindServer && answer.Headers.ContainsKey("server") || answer.Headers.ContainsKey("x-powered-by"))
        {
            yield return "it names the server";
        }
    }

    private static bool IsProblem(RawAnswer answer)
    {
        if (!answer.ContentType.StartsWith("application/problem+json", StringComparison.Ordinal))
        {
            return false;
        }
        var problem = JsonElement.Parse(answer.Body);
        return problem.GetProperty("status").GetInt32() == answer.Status && problem.GetProperty("title").GetString() is { Length: > 0 };
    }

    // Stack traces, type names, SQL, and SQLite's messages.
    [GeneratedRegex(
        """\bat \w+\.\w+|\b(System|Microsoft|ModularShop|MediatR|FluentValidation)\.\w+|Exception\b|\bNullable<|\bNullable`|\bInt(16|32|64)\b|\bGuid\b|\bDateTimeOffset\b|SQLite|SQL logic|fts5|syntax error|no such (table|column)|\bSELECT\b|\bINSERT INTO\b|\bDELETE FROM\b|\b(Command|Body|Query|Request)\b \w+"|\.cs:line"""
    )]
    private static partial Regex Leak();
}
