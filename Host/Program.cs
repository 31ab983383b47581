using ModularShop.Host;
using ModularShop.Kernel.Modules;

await using var app = ModularApplication.Create(
    new ModularApplicationOptions
    {
        Modules = ShopModules.All,
        DataDirectory = args.ElementAtOrDefault(0) ?? "data",
        Urls = "http://localhost:5080",
    }
);
await app.Start();
Console.WriteLine(app.Address);
await app.WaitForShutdown();
