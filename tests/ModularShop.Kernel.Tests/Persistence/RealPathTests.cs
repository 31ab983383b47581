using ModularShop.Kernel.Storage;

namespace ModularShop.Kernel.Tests.Persistence;

internal sealed class RealPathTests
{
    // The temporary directory itself may be a link.
    private readonly string directory = RealPath.Of(TestApplication.NewDirectory());

    [SetUp]
    public void MakeLinks()
    {
        Directory.CreateDirectory(Path.Combine(directory, "far", "real place"));
        File.WriteAllText(Path.Combine(directory, "far", "file"), "");
        Link("link", "far/real place");
        Link("chain", "./link");
        Link("absolute", Path.Combine(directory, "far"));
        Link("dangling", "far/new/place");
        Link("climbing", "far/../absolute/real place");
        Link("far/real place/up", "..");
        Link("circle", "circle");
    }

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(directory, recursive: true);

    [TestCase("link", "far/real place")]
    [TestCase("link/", "far/real place")]
    [TestCase("link//.//", "far/real place")]
    [TestCase("link/..", "far")]
    [TestCase("link/../file", "far/file")]
    [TestCase("link/up/file", "far/file")]
    [TestCase("chain", "far/real place")]
    [TestCase("absolute/real place", "far/real place")]
    [TestCase("climbing", "far/real place")]
    [TestCase("dangling", "far/new/place")]
    [TestCase("dangling/deeper/", "far/new/place/deeper")]
    [TestCase("missing/../link", "far/real place")]
    [TestCase("~", "~")]
    [TestCase("ünï cödé ", "ünï cödé ")]
    [TestCase(".", "")]
    public void Links_are_followed_as_the_system_follows_them(string path, string leadsTo) =>
        Assert.That(RealPath.Of(Path.Combine(directory, path)), Is.EqualTo(Path.Combine(directory, leadsTo).TrimEnd('/')));

    [Test]
    public void Above_the_root_is_the_root() => Assert.That(RealPath.Of("/../../.."), Is.EqualTo("/"));

    [TestCase("circle", "circle")]
    [TestCase("circle/below", "circle")]
    public void A_circle_of_links_leads_nowhere(string path, string named) =>
        Assert.That(
            Assert.Throws<IOException>(() => RealPath.Of(Path.Combine(directory, path)))!.Message,
            Does.Contain(named).And.Contain("in a circle")
        );

    [TestCase("")]
    [TestCase("a\0b")]
    public void Text_that_cannot_be_a_path_is_refused(string path) => Assert.Throws<IOException>(() => RealPath.Of(path));

    // Linux shows an open pipe as a link whose target is not a path.
    [Test]
    public void An_open_pipe_is_itself()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        var path = $"/proc/self/fd/{pipe.SafePipeHandle.DangerousGetHandle()}";

        var real = RealPath.Of(path);

        Assert.That(File.Exists(real), Is.True, real);
        Assert.That(RealPath.IsOrdinaryFile(real), Is.False);
    }

    [Test]
    public void A_file_within_a_directory_is_recognized_by_any_of_its_names()
    {
        var place = Path.Combine(directory, "far", "real place");

        Assert.That(RealPath.IsWithin(RealPath.Of(Path.Combine(directory, "chain", "new", "file")), place), Is.True);
        Assert.That(RealPath.IsWithin(place, place), Is.True);
        Assert.That(RealPath.IsWithin(Path.Combine(directory, "far", "real place two"), place), Is.False);
        Assert.That(RealPath.IsWithin(Path.Combine(directory, "far"), place), Is.False);
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(directory, name), target);
}
