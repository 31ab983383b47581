namespace ModularShop.Kernel.Events;

/// <summary>Exceptions of module code, in a form that logs, health and dead letters can display.</summary>
internal static class Tellable
{
    /// <summary>Returns the exception itself. If reading its message throws, returns a replacement that describes it.</summary>
    public static Exception Of(Exception exception)
    {
        try
        {
            _ = exception.Message.Length + exception.ToString().Length;
            return exception;
        }
        catch (Exception)
        {
            return new InvalidOperationException($"It threw {exception.GetType()}, which throws in turn when it is asked for its text.");
        }
    }
}
