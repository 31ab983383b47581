using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ModularShop.SystemTests.Faults;

/// <summary>Causes storage faults in a shop and checks its reports. Works without root privileges and with them.</summary>
internal static class Faulty
{
    private const int FileSize = 1; // RLIMIT_FSIZE
    private const ulong Unlimited = ulong.MaxValue;

    /// <summary>Starts the shop so that file modes apply to it, which they do not for root.</summary>
    public static IReadOnlyList<string> AsOrdinaryUser =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];

    /// <summary>Limits the length of all files of the process: to a file that has this length already, the disk is full.</summary>
    public static void LimitFiles(this ShopProcess shop, long length)
    {
        Assert.That(SetLimit(shop.Id, FileSize, new Limit((ulong)length, Unlimited), 0), Is.Zero, "The limit was not set.");
    }

    public static void LiftLimit(this ShopProcess shop) =>
        Assert.That(SetLimit(shop.Id, FileSize, new Limit(Unlimited, Unlimited), 0), Is.Zero, "The limit was not lifted.");

    /// <summary>A product that can be ordered.</summary>
    public static async Task<Guid> Product(this ShopProcess shop, string sku = "A")
    {
        var product = await Eventually.Get(() => shop.Http.AddProduct(sku), answer => answer.Status == HttpStatusCode.Created);
        await shop.Http.OrderWhenKnown(product.Id);
        return product.Id;
    }

    public static Task<Answer> Restart(this ShopProcess shop, string module) => shop.Http.Post($"/admin/v1/modules/{module}/restart", null);

    public static Task IsHealthy(this ShopProcess shop) =>
        Eventually.Get(
            async () => (await shop.Http.Get("/health/ready")).Text,
            health => health.StartsWith("""{"status":"healthy",""", StringComparison.Ordinal)
        );

    /// <summary>The shop reports what is wrong with the module and what to do, in its health and through the doctor.</summary>
    public static async Task AssertNamed(this ShopProcess shop, string module, string reason, string cure)
    {
        var health = await Eventually.Get(
            () => shop.Http.Health($"module {module}"),
            entry => entry.GetProperty("status").GetString() != "healthy"
        );
        Assert.That(health.GetProperty("description").GetString(), Does.Contain(reason).And.Contain(cure));
        var doctor = await ShopCommand.Execute("doctor", "--url", shop.Url, "--json");
        using var checks = JsonDocument.Parse(doctor.Output);
        var check = checks.RootElement.EnumerateArray().Single(check => check.GetProperty("name").GetString() == $"module {module}");
        Assert.That(check.GetProperty("result").GetString(), Is.EqualTo("failed"));
        Assert.That(check.GetProperty("finding").GetString(), Does.Contain(reason));
        Assert.That(check.GetProperty("fix").GetString(), Does.Contain(cure));
        Assert.That(doctor.ExitCode, Is.EqualTo(4));
    }

    /// <summary>A refusal with a clear reason that reveals no details of the machine.</summary>
    public static void AssertRefused(Answer answer, string reason)
    {
        answer.Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(answer.Body.GetProperty("detail").GetString(), Does.Contain(reason));
        Assert.That(answer.Headers.RetryAfter, Is.Not.Null);
        Assert.That(answer.Text, Does.Not.Contain(Path.GetTempPath()).And.Not.Contain("   at "));
    }

    public static async Task AssertAnswers(this ShopProcess shop, params string[] paths)
    {
        foreach (var path in paths)
        {
            var answer = await shop.Http.Get(path);
            answer.Expect(HttpStatusCode.OK);
        }
    }

    public static IReadOnlyList<Guid> OrdersIn(string directory)
    {
        using var connection = ModuleFile.Open(ModuleFile.Of(directory, "orders"));
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT json_extract(payload, '$.orderId') FROM event_log WHERE name = 'orders.order-placed'";
        using var rows = select.ExecuteReader();
        var orders = new List<Guid>();
        while (rows.Read())
        {
            orders.Add(rows.GetGuid(0));
        }
        return orders;
    }

    [DllImport("libc", EntryPoint = "prlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetLimit(int process, int resource, in Limit limit, nint previous);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);
}
