using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>A stored order or return that differs from what an import states. The stored one is kept.</summary>
/// <param name="Reasons">What differs, without ids of customers: the stored answer may remain after a customer is erased.</param>
internal sealed record ImportDifference(string Number, IReadOnlyList<string> Reasons);

/// <summary>Collects the differences of one import.</summary>
internal sealed class ImportDifferences
{
    private readonly List<ImportDifference> found = [];

    /// <summary>Null when there are none, so that the answer leaves the field out.</summary>
    public IReadOnlyList<ImportDifference>? Found => found.Count == 0 ? null : found;

    public void Compare(string number, PastInvoice held, PastInvoice stated)
    {
        if (held.DifferencesTo(stated) is { Count: > 0 } reasons)
        {
            found.Add(new ImportDifference(number, reasons));
        }
    }
}
