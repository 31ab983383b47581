var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", () => "Hello");
await app.RunAsync();
