namespace ModularShop.Kernel.Events;

/// <summary>Failures of module code, of which the log, health and a dead letter must be able to tell.</summary>
internal static class Tellable
{
    /// <summary>The exception itself; or what is known of it, when its own text cannot be had.</summary>
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
