using Microsoft.AspNetCore.Routing;
using ModularShop.Catalog.Data;
using ModularShop.Catalog.Features;
using ModularShop.Kernel.Modules;

namespace ModularShop.Catalog;

public sealed class CatalogModule : Module<CatalogDb>
{
    public override string Name => "catalog";

    public override string Description => "Products, their prices, and how to find them.";

    protected override void Map(IEndpointRouteBuilder routes)
    {
        BrowseProducts.Map(routes);
        ShowProduct.Map(routes);
        AddProduct.Map(routes);
        ChangeProduct.Map(routes);
        RepriceProduct.Map(routes);
        DiscontinueProduct.Map(routes);
        ImportProducts.Map(routes);
    }
}
