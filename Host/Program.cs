using ModularShop.Host.CommandLine;

return await ModularShopCommand.Invoke(args);
