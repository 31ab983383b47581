using ModularShop.Host;
using ModularShop.Host.CommandLine;

NativeHeaps.Bound(1);
StandardStream.Install();
SqliteLibrary.Install();
return await ModularShopCommand.Invoke(args);
