using ModularShop.Host;
using ModularShop.Host.CommandLine;

NativeHeaps.Bound(1);
StandardStream.Install();
return await ModularShopCommand.Invoke(args);
