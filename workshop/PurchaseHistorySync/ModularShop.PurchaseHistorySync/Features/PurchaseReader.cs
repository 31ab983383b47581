using System.Collections.Concurrent;
using ModularShop.Kernel;
using ModularShop.PurchaseHistorySync.Calls;

namespace ModularShop.PurchaseHistorySync.Features;

/// <summary>A part of an answer that could not be read.</summary>
/// <param name="Module">The module that it is of.</param>
/// <param name="What">What is missing or was not checked.</param>
internal sealed record MissingPart(string Module, string What, string Reason);

/// <summary>Nothing useful can be answered.</summary>
internal sealed class NoAnswerException(string message) : Exception(message);

/// <summary>Collects what an answer needs from other modules.</summary>
internal sealed class PurchaseReader(ShopRoutes shop, CallSettings settings, TimeProvider clock)
{
    /// <summary>Begins an answer. All of its requests together have the time of <see cref="CallSettings.AnswerTimeout"/>.</summary>
    /// <param name="own">The address of the process that was asked.</param>
    public Reading Begin(Uri own, CancellationToken ct) => new(shop, settings, clock, own, ct);

    internal sealed class Reading(ShopRoutes shop, CallSettings settings, TimeProvider clock, Uri own, CancellationToken ct) : IDisposable
    {
        private readonly CancellationTokenSource limit = new(settings.AnswerTimeout, clock);
        private readonly List<MissingPart> missing = [];

        public IReadOnlyList<MissingPart> Missing => missing;

        /// <summary>What a customer bought, by product. Asks Customers and Orders at the same time.</summary>
        /// <exception cref="NotFoundException">There is no such customer.</exception>
        /// <exception cref="NoAnswerException">Orders does not answer.</exception>
        public async Task<IReadOnlyList<ProductSum>> BoughtBy(Guid customerId)
        {
            var finding = Try(token => shop.FindCustomer(customerId, own, token));
            var (orders, unread) = await AllOrders(customerId);
            var customer = await finding;
            if (customer is { Failure: null, Value: null })
            {
                throw new NotFoundException("customer", customerId);
            }
            if (customer.Failure is { } failure)
            {
                missing.Add(new MissingPart(ShopRoutes.Customers, "It was not checked that the customer exists.", failure));
            }
            if (unread is not null && orders.Count == 0)
            {
                throw new NoAnswerException($"Without {ShopRoutes.Orders} it is not known what the customer bought. {unread}");
            }
            if (unread is not null)
            {
                var oldest = orders.Min(order => order.PlacedAt);
                missing.Add(new MissingPart(ShopRoutes.Orders, $"Orders before {oldest:O} are not in the sums.", unread));
            }
            return [.. ProductSum.Of(orders)];
        }

        /// <summary>The products that Catalog knows of these.</summary>
        public async Task<IReadOnlyDictionary<Guid, ProductAnswer>> Products(IReadOnlyList<Guid> ids)
        {
            var found = new ConcurrentDictionary<Guid, ProductAnswer>();
            var failures = new ConcurrentBag<string>();
            await Parallel.ForEachAsync(
                ids,
                new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel, CancellationToken = ct },
                async (id, _) =>
                {
                    var product = await Try(token => shop.FindProduct(id, own, token));
                    if (product.Value is { } known)
                    {
                        found[id] = known;
                    }
                    else if (product.Failure is { } failure)
                    {
                        failures.Add(failure);
                    }
                }
            );
            if (!failures.IsEmpty)
            {
                var what = $"The stock codes and names of {failures.Count} of {ids.Count} products are not known.";
                missing.Add(new MissingPart(ShopRoutes.Catalog, what, failures.First()));
            }
            return found;
        }

        public void Dispose() => limit.Dispose();

        // The pages follow each other, so one request waits for the other. The reason is given when not all of them were read.
        private async Task<(IReadOnlyList<OrderAnswer> Orders, string? Unread)> AllOrders(Guid customerId)
        {
            var orders = new List<OrderAnswer>();
            string? after = null;
            do
            {
                var page = await Try<OrdersAnswer>(async token => await shop.OrdersOf(customerId, after, own, token));
                if (page.Failure is { } failure)
                {
                    return (orders, failure);
                }
                orders.AddRange(page.Value!.Items);
                after = page.Value.Next;
            } while (after is not null);
            return (orders, null);
        }

        private async Task<Part<T>> Try<T>(Func<CancellationToken, Task<T?>> ask)
            where T : class
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
            try
            {
                return new Part<T>(await ask(both.Token), null);
            }
            catch (ModuleFailedException e)
            {
                return new Part<T>(null, e.Message);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return new Part<T>(
                    null,
                    $"The whole answer may take {settings.AnswerTimeout.TotalMilliseconds:0} ms, and that time was over."
                );
            }
        }

        private readonly record struct Part<T>(T? Value, string? Failure)
            where T : class;
    }
}
