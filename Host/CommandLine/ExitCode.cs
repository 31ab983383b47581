namespace ModularShop.Host.CommandLine;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int CheckFailed = 4;
}

/// <summary>An expected failure. Its message is one line and contains everything that the user needs to know.</summary>
internal class CommandFailedException(string message, int code = ExitCode.Failure) : Exception(message)
{
    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public int Code { get; } = code;
}
