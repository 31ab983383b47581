using System.Text;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ModularShop.Catalog.Data;
using ModularShop.Kernel;
using ModularShop.Kernel.Http;
using ModularShop.Kernel.Requests;
using ModularShop.Kernel.Storage;

namespace ModularShop.Catalog.Features;

/// <summary>
/// Lists products by page, filtered by words, price and currency, and sorted by name, price, age or relevance. A product must contain
/// each word, by its stem or as the beginning of a word.
/// </summary>
internal static class BrowseProducts
{
    internal sealed record Query(
        string? Search,
        PlainDecimal? MinPrice,
        PlainDecimal? MaxPrice,
        string? Currency,
        bool? Discontinued,
        string? Sort,
        int? Limit,
        string? After
    ) : IQuery<Page<ProductView>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Search)
                .MaximumLength(200)
                .Must(search => SearchTerms.Parse(search) is not { Words.Count: > SearchTerms.MaxWords })
                .WithMessage($"Search for at most {SearchTerms.MaxWords} words.");
            RuleFor(q => q.MinPrice!.Value.Value).Price().OverridePropertyName(nameof(Query.MinPrice)).When(q => q.MinPrice is not null);
            RuleFor(q => q.MaxPrice!.Value.Value).Price().OverridePropertyName(nameof(Query.MaxPrice)).When(q => q.MaxPrice is not null);
            RuleFor(q => q.Currency!).Currency().When(q => q.Currency is not null);
            RuleFor(q => q.Sort)
                .Must((query, sort) => ProductSort.Find(sort, SearchTerms.Parse(query.Search)) is not null)
                .WithMessage("Sort by name, -name, price, -price, newest, or, where there are words to search for, relevance.");
        }
    }

    /// <summary>The position of a row in a sorted list: the sort key, then the row number.</summary>
    internal sealed record Position(string Sort, string? Text, long Key, long Number);

    internal sealed class Handler(CatalogDb db) : IRequestHandler<Query, Page<ProductView>>
    {
        public async Task<Page<ProductView>> Handle(Query query, CancellationToken ct)
        {
            var terms = SearchTerms.Parse(query.Search);
            var sort = ProductSort.Find(query.Sort, terms)!;
            var limit = Cursor.Limit(query.Limit);
            var after = Cursor.Decode<Position>(query.After);
            if (after is not null && after.Sort != sort.Name)
            {
                throw new BadRequestException("This cursor belongs to another sort; start again without it.", "after");
            }
            if (terms is { Words.Count: 0 })
            {
                return new Page<ProductView>([], Next: null);
            }
            var (sql, parameters) = Statement(query, terms, sort, after, limit);
            var rows = await db.Database.SqlQueryRaw<Row>(sql, parameters).ToListAsync(ct);
            var page = Cursor.Page(rows, limit, sort.PositionOf, row => row.Characters);
            return new Page<ProductView>([.. page.Items.Select(row => row.View())], page.Next);
        }

        private static (string Sql, object[] Parameters) Statement(
            Query query,
            SearchTerms? terms,
            ProductSort sort,
            Position? after,
            int limit
        )
        {
            var sql = new StringBuilder(
                $"""
                SELECT p.number AS Number, p.id AS Id, p.sku AS Sku, p.name AS Name, p.description AS Description, p.price AS Price,
                    p.currency AS Currency, p.is_discontinued AS IsDiscontinued, p.version AS Version,
                    {(sort.NeedsRank ? sort.Column : "0")} AS Rank
                FROM products p
                """
            );
            var conditions = new List<string>();
            var parameters = new List<object>();
            void Where(string condition, string name, object value)
            {
                conditions.Add(condition);
                parameters.Add(new SqliteParameter(name, value));
            }
            if (terms is not null)
            {
                conditions.AddRange(terms.Conditions());
                parameters.AddRange(terms.Parameters());
            }
            Where("p.is_discontinued = $discontinued", "$discontinued", query.Discontinued ?? false);
            if (query.MinPrice is { } min)
            {
                Where("p.price >= $min", "$min", ExactDecimal.ToStored(min.Value));
            }
            if (query.MaxPrice is { } max)
            {
                Where("p.price <= $max", "$max", ExactDecimal.ToStored(max.Value));
            }
            if (query.Currency is { } currency)
            {
                Where("p.currency = $currency", "$currency", currency);
            }
            if (after is not null)
            {
                Where(sort.AfterCondition, "$key", after.Text is null ? after.Key : after.Text);
                parameters.Add(new SqliteParameter("$number", after.Number));
            }
            parameters.Add(new SqliteParameter("$limit", limit + 1));
            sql.Append(" WHERE ").AppendJoin(" AND ", conditions).Append($" ORDER BY {sort.OrderBy} LIMIT $limit");
            return (sql.ToString(), [.. parameters]);
        }
    }

    internal sealed record Row(
        long Number,
        Guid Id,
        string Sku,
        string Name,
        string? Description,
        long Price,
        string Currency,
        bool IsDiscontinued,
        long Version,
        long Rank
    )
    {
        /// <summary>The approximate length of its JSON.</summary>
        public long Characters => 200 + Sku.Length + Name.Length + (Description?.Length ?? 0);

        public ProductView View() => new(Id, Sku, Name, Description, ExactDecimal.FromStored(Price), Currency, IsDiscontinued, Version);
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/v1/products", ([AsParameters] Query query, ISender sender, CancellationToken ct) => sender.Send(query, ct))
            .WithSummary("Browse and search products")
            .WithDescription("Follow `next` with `after` for the next page; keep the other parameters as they are.");
}
