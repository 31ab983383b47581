namespace ModularShop.PurchaseHistorySync.Tests;

/// <summary>Settings with limits that no answer exceeds on a busy machine.</summary>
internal static class Patient
{
    public static IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>
        {
            ["PurchaseHistorySync:AttemptTimeout"] = "00:00:30",
            ["PurchaseHistorySync:AnswerTimeout"] = "00:01:00",
        };
}
