using ModularShop.Host;
using ModularShop.Host.CommandLine;

NativeHeaps.Bound(1);
return await ModularShopCommand.Invoke(args);
