using System.Text;
using ModularShop.Host.Export;
using ModularShop.Host.Import;

namespace ModularShop.Import.Tests;

/// <summary>Imports a file into a shop and exports its purchase history.</summary>
internal static class InAndOut
{
    public static Task<ImportResult> TakeIn(TestApplication shop, string path) => TakeIn(shop.Http.Plain, path);

    public static Task<ImportResult> TakeIn(TestApplication shop, string path, Action<long> report, CancellationToken ct) =>
        TakeIn(shop.Http.Plain, path, report, ct);

    public static async Task<ImportResult> TakeIn(HttpClient http, string path, Action<long>? report = null, CancellationToken ct = default)
    {
        var file = OnlineRetailFile.Open(path);
        var plan = FileCheck.Run(file, rejects: null, _ => { }, ct);
        return await new OnlineRetailImport(new ShopImports(http, TimeProvider.System), file, plan, "GBP").Run(report ?? (_ => { }), ct);
    }

    public static async Task<List<PurchaseRow>> TakeOut(TestApplication shop)
    {
        using var output = new MemoryStream();
        await PurchaseHistoryExport.WriteCsv(PurchaseHistoryExport.Read(shop.Http.Plain, default), output, default);
        return PurchaseRow.Read(new StringReader(Encoding.UTF8.GetString(output.ToArray())));
    }
}
