using System.Net;

namespace ModularShop.Kernel.Tests;

internal sealed class SmokeTests
{
    [Test]
    public async Task A_module_answers_under_its_name()
    {
        await using var app = await TestApplication.Start(new StandInModule("anything"));

        var answer = await app.Http.GetAsync(new Uri("/anything/", UriKind.Relative));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }
}
