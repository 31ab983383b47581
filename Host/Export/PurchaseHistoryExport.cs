using System.Runtime.CompilerServices;
using System.Text.Json;
using CsvHelper;
using ModularShop.Host.CommandLine;
using ModularShop.Kernel.Http;

namespace ModularShop.Host.Export;

/// <summary>What one customer bought of one product, as the PurchaseHistory module returns it.</summary>
internal sealed record Purchase(
    string Customer,
    string Sku,
    string Currency,
    long Orders,
    long QuantityBought,
    decimal AmountBought,
    long QuantityReturned,
    decimal AmountReturned,
    DateTimeOffset? LastBought
);

/// <summary>Reads the purchase history page by page and writes it at once, so that its size does not matter.</summary>
internal static class PurchaseHistoryExport
{
    private const int PageSize = 500;
    private const int FlushBytes = 64 * 1024;
    private const string MoneyFormat = "0.00##";
    private const string DateFormat = "yyyy-MM-dd HH:mm:ss";

    private static readonly CsvWriterOptions CsvOptions = CsvWriterOptions.Default with { NewLine = "\n" };

    private static readonly string[] Columns =
    [
        "customer",
        "stock_code",
        "orders",
        "quantity_bought",
        "amount_bought",
        "quantity_returned",
        "amount_returned",
        "last_bought",
        // Added last, so that programs that read the other columns by position continue to work.
        "currency",
    ];

    /// <summary>Reads the purchases, sorted by customer, then by stock code; one row for each currency.</summary>
    public static async IAsyncEnumerable<Purchase> Read(HttpClient http, [EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        do
        {
            var cursor = after is null ? "" : $"&after={Uri.EscapeDataString(after)}";
            var page = await http.Get<Page<Purchase>>($"/purchase-history/v1/purchases?limit={PageSize}{cursor}", ct);
            foreach (var purchase in page.Items)
            {
                yield return purchase;
            }
            after = page.Next;
        } while (after is not null);
    }

    /// <param name="output">The stream to write to. It stays open.</param>
    public static async Task WriteCsv(IAsyncEnumerable<Purchase> purchases, Stream output, CancellationToken ct)
    {
        await using var csv = CsvWriter.Create(output, CsvOptions, leaveOpen: true);
        foreach (var column in Columns)
        {
            csv.WriteField(column);
        }
        await csv.EndRecordAsync(ct);
        await foreach (var purchase in purchases.WithCancellation(ct))
        {
            csv.WriteField(purchase.Customer);
            csv.WriteField(purchase.Sku);
            csv.WriteField(purchase.Orders);
            csv.WriteField(purchase.QuantityBought);
            csv.WriteField(purchase.AmountBought, MoneyFormat);
            csv.WriteField(purchase.QuantityReturned);
            csv.WriteField(purchase.AmountReturned, MoneyFormat);
            csv.WriteField(purchase.LastBought, DateFormat);
            csv.WriteField(purchase.Currency);
            await csv.EndRecordAsync(ct);
        }
    }

    /// <summary>Writes an array of objects with the names of the columns.</summary>
    /// <param name="output">The stream to write to. It stays open.</param>
    public static async Task WriteJson(IAsyncEnumerable<Purchase> purchases, Stream output, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        await foreach (var purchase in purchases.WithCancellation(ct))
        {
            Write(json, purchase);
            if (json.BytesPending > FlushBytes)
            {
                await json.FlushAsync(ct);
            }
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Purchase purchase)
    {
        json.WriteStartObject();
        json.WriteString("customer", purchase.Customer);
        json.WriteString("stock_code", purchase.Sku);
        json.WriteString("currency", purchase.Currency);
        json.WriteNumber("orders", purchase.Orders);
        json.WriteNumber("quantity_bought", purchase.QuantityBought);
        json.WriteNumber("amount_bought", purchase.AmountBought);
        json.WriteNumber("quantity_returned", purchase.QuantityReturned);
        json.WriteNumber("amount_returned", purchase.AmountReturned);
        if (purchase.LastBought is { } at)
        {
            json.WriteString("last_bought", at.UtcDateTime);
        }
        else
        {
            json.WriteNull("last_bought");
        }
        json.WriteEndObject();
    }
}
