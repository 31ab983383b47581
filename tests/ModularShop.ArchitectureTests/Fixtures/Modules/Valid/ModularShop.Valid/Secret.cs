namespace ModularShop.Valid;

internal static class Secret;
