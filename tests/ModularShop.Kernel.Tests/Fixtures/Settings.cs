namespace ModularShop.Kernel.Tests.Fixtures;

/// <summary>Settings that make failures quick.</summary>
internal static class Settings
{
    public static readonly IReadOnlyDictionary<string, string?> ImpatientRetries = new Dictionary<string, string?>
    {
        ["Kernel:Delivery:MaxAttempts"] = "3",
        ["Kernel:Delivery:FirstRetryDelay"] = "00:00:00.001",
        ["Kernel:Delivery:MaxRetryDelay"] = "00:00:00.010",
    };
}
