using ModularShop.Orders.Domain;

namespace ModularShop.Orders.Features;

/// <summary>An order or a return that is held, but not as an import states it. What is held stays.</summary>
/// <param name="Reasons">What differs, without ids of customers: an answer may outlast them.</param>
internal sealed record ImportDifference(string Number, IReadOnlyList<string> Reasons);

/// <summary>Collects the differences of one import.</summary>
internal sealed class ImportDifferences
{
    private readonly List<ImportDifference> found = [];

    /// <summary>Null where there are none: most imports say nothing of it.</summary>
    public IReadOnlyList<ImportDifference>? Found => found.Count == 0 ? null : found;

    public void Compare(string number, PastInvoice held, PastInvoice stated)
    {
        if (held.DifferencesTo(stated) is { Count: > 0 } reasons)
        {
            found.Add(new ImportDifference(number, reasons));
        }
    }
}
