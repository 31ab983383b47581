using ModularShop.Kernel.Events;
using ModularShop.Kernel.Tests.Fixtures;

namespace ModularShop.Kernel.Tests.Events;

/// <summary>What a module may declare as read copies.</summary>
internal sealed class ReadCopyRuleTests
{
    private static readonly HandledEvents Handled = new([
        (typeof(WriteReceipt), EventType.Of(typeof(Happened))),
        (typeof(WriteMeasured), EventType.Of(typeof(Measured))),
    ]);

    [Test]
    public void Two_copies_are_not_filled_from_one_source() =>
        Assert.That(
            ProblemWith(("receipts", [typeof(WriteReceipt)]), ("measures", [typeof(WriteMeasured)])),
            Does.Contain("several read copies from 'publisher'")
        );

    [Test]
    public void A_copy_names_the_reactions_that_fill_it() => Assert.That(ProblemWith(("receipts", [])), Does.Contain("names no reaction"));

    [Test]
    public void What_is_named_is_a_reaction_of_the_module() =>
        Assert.That(ProblemWith(("receipts", [typeof(string)])), Does.Contain("String, which is no reaction"));

    [Test]
    public void A_name_stands_for_one_copy() =>
        Assert.That(ProblemWith(("receipts", [typeof(WriteReceipt)]), ("receipts", [typeof(WriteReceipt)])), Does.Contain("twice"));

    private static string? ProblemWith(params (string Name, Type[] Reactions)[] copies) =>
        Assert
            .Throws<InvalidOperationException>(() =>
                _ = new ReadCopies(
                    "reader",
                    copies.Select(copy =>
                        (
                            copy.Name,
                            (IReadOnlyList<Type>)copy.Reactions,
                            (Func<IServiceProvider, CancellationToken, Task>)((_, _) => Task.CompletedTask)
                        )
                    ),
                    Handled
                )
            )
            ?.Message;
}
