using System.Text.Json;

namespace ModularShop.Testing;

/// <summary>What an operator sees of a running application, and waiting for it.</summary>
public static class Operator
{
    /// <summary>Whether the server answers; false also when nobody listens.</summary>
    public static async Task<bool> IsLive(this TestClient http)
    {
        try
        {
            return (await http.Get("/health/live")).IsSuccess;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>An entry of <c>/health/ready</c>, for example <c>module orders</c>.</summary>
    public static async Task<JsonElement> Health(this TestClient http, string entry) =>
        (await http.Get("/health/ready")).Body.GetProperty("entries").GetProperty(entry);

    /// <summary>The first events in a module's log, as CloudEvents.</summary>
    public static async Task<IReadOnlyList<JsonElement>> Events(this TestClient http, string module) =>
        [.. (await http.Json($"/admin/v1/modules/{module}/events?limit=500")).EnumerateArray()];

    /// <summary>The events that a module could not apply yet.</summary>
    public static async Task<IReadOnlyList<JsonElement>> DeadLetters(this TestClient http, string module) =>
        [.. (await http.Json($"/admin/v1/modules/{module}/dead-letters?limit=500")).EnumerateArray()];

    /// <summary>Waits until a module has this number of dead or parked letters.</summary>
    public static Task<IReadOnlyList<JsonElement>> WaitForDeadLetters(this TestClient http, string module, int count) =>
        Eventually.Get(() => http.DeadLetters(module), letters => letters.Count == count);

    public static async Task<IReadOnlyList<JsonElement>> Subscriptions(this TestClient http) =>
        [.. (await http.Json("/admin/v1/subscriptions")).EnumerateArray()];

    public static async Task<JsonElement> Subscription(this TestClient http, string subscriber, string source) =>
        (await http.Subscriptions()).Single(s => s.Text("subscriber") == subscriber && s.Text("source") == source);

    /// <summary>Waits until a subscription is in a state, for example <c>halted</c>.</summary>
    public static Task<JsonElement> WaitForState(this TestClient http, string subscriber, string source, string state) =>
        Eventually.Get(() => http.Subscription(subscriber, source), s => s.Text("state") == state);

    /// <summary>
    /// Waits until every subscription has applied all events in the logs that it reads. Fails at once when there is a dead letter, with
    /// the exception that made it one.
    /// </summary>
    /// <param name="allowDeadLetters">Events may also be kept as dead letters, or parked behind them.</param>
    public static async Task CaughtUp(this TestClient http, bool allowDeadLetters = false, TimeSpan? deadline = null)
    {
        // A test may run a module without its sources.
        var modules = (await http.Json("/admin/v1/modules")).EnumerateArray().Select(module => module.Text("name")).ToHashSet();
        var subscriptions = await Eventually.Get(
            async () => (await http.Subscriptions()).Where(each => modules.Contains(each.Text("source"))).ToList(),
            all => all.TrueForAll(IsCaughtUp) || (!allowDeadLetters && all.Exists(HasDeadLetters)),
            deadline
        );
        if (!allowDeadLetters && subscriptions.Find(HasDeadLetters) is { ValueKind: JsonValueKind.Object } ill)
        {
            throw new InvalidOperationException(await http.Describe(ill));
        }
    }

    private static bool IsCaughtUp(JsonElement subscription) => subscription.Number("lag") == 0 && subscription.Text("state") == "running";

    private static bool HasDeadLetters(JsonElement subscription) => subscription.Number("deadLetters") > 0;

    private static async Task<string> Describe(this TestClient http, JsonElement subscription)
    {
        var module = subscription.Text("subscriber");
        var first = (await http.Json($"/admin/v1/modules/{module}/dead-letters?status=dead&limit=1"))[0].Number("id");
        var letter = await http.Json($"/admin/v1/modules/{module}/dead-letters/{first}");
        return $"{module} could not apply an event of {subscription.Text("source")}:\n{letter.GetProperty("event")}\n{letter.Text("stack")}";
    }
}
