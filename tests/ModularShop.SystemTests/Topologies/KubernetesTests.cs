using System.Diagnostics;
using k8s;
using k8s.Models;

namespace ModularShop.SystemTests.Topologies;

/// <summary>
/// The manifests are read by the client library of the Kubernetes project, whose types are generated from its published API. It refuses
/// properties that there are not, and values of another type.
/// </summary>
internal sealed class KubernetesTests
{
    private TestTopology topology = null!;

    [SetUp]
    public void Place() => topology = TopologyExport.OrdersOut().At("http://shop", "http://ordering:5081");

    [TearDown]
    public void DeleteDirectory() => topology.Dispose();

    [Test]
    public async Task Each_process_has_one_pod_that_its_service_and_its_set_select()
    {
        var objects = await Objects();

        foreach (var (process, host, port) in new[] { ("main", "shop", 80), ("orders", "ordering", 5081) })
        {
            var set = objects.OfType<V1StatefulSet>().Single(each => each.Metadata.Name == $"modularshop-{process}");
            var service = objects.OfType<V1Service>().Single(each => each.Metadata.Name == host);
            var labels = set.Spec.Template.Metadata.Labels;
            Assert.That(set.Spec.Replicas, Is.EqualTo(1));
            Assert.That(set.Spec.ServiceName, Is.EqualTo(host));
            Assert.That(set.Spec.Selector.MatchLabels, Is.EquivalentTo(labels));
            Assert.That(service.Spec.Selector, Is.EquivalentTo(labels));
            Assert.That(service.Spec.Ports.Single().Port, Is.EqualTo(port));
            var container = set.Spec.Template.Spec.Containers.Single();
            Assert.That(service.Spec.Ports.Single().TargetPort.Value, Is.EqualTo(container.Ports.Single().Name));
            Assert.That(container.Args.TakeLast(2), Is.EqualTo(["--as", process]));
            Assert.That(set.Spec.VolumeClaimTemplates.Single().Spec.AccessModes, Is.EqualTo(["ReadWriteOnce"]));
        }
        Assert.That(objects, Has.Exactly(2).InstanceOf<V1StatefulSet>().And.Exactly(2).InstanceOf<V1Service>());
    }

    [Test]
    public async Task The_process_alone_decides_whether_its_pod_is_ready()
    {
        var container = (await Objects()).OfType<V1StatefulSet>().First().Spec.Template.Spec.Containers.Single();

        Assert.That(container.ReadinessProbe.HttpGet.Path, Is.EqualTo("/health/ready?here"));
        Assert.That(container.LivenessProbe.HttpGet.Path, Is.EqualTo("/health/live"));
        Assert.That(
            new[] { container.ReadinessProbe, container.LivenessProbe, container.StartupProbe }.Select(probe => probe.HttpGet.Port.Value),
            Is.All.EqualTo(container.Ports.Single().Name)
        );
    }

    [Test]
    public async Task Every_volume_that_is_mounted_is_there_and_what_it_takes_too()
    {
        var objects = await Objects();

        foreach (var set in objects.OfType<V1StatefulSet>())
        {
            var pod = set.Spec.Template.Spec;
            var volumes = pod
                .Volumes.Select(volume => volume.Name)
                .Concat(set.Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name));
            var mounted = pod.Containers.Concat(pod.InitContainers).SelectMany(container => container.VolumeMounts);
            Assert.That(mounted.Select(mount => mount.Name).Distinct(), Is.EquivalentTo(volumes));
            Assert.That(pod.Volumes.Single(volume => volume.ConfigMap is not null).ConfigMap.Name, Is.EqualTo("modularshop-topology"));
            Assert.That(
                pod.Volumes.Single(volume => volume.Secret is not null).Secret,
                Has.Property("SecretName").EqualTo("modularshop-bus")
            );
            Assert.That(pod.Volumes.Single(volume => volume.Secret is not null).Secret.DefaultMode, Is.EqualTo(Convert.ToInt32("440", 8)));
        }
        Assert.That(objects.OfType<V1ConfigMap>().Single().Metadata.Name, Is.EqualTo("modularshop-topology"));
        Assert.That(objects.OfType<V1Secret>().Single().Metadata.Name, Is.EqualTo("modularshop-bus"));
    }

    [Test]
    public async Task The_topology_is_valid_and_names_what_is_in_the_pods()
    {
        var objects = await Objects();
        var path = Path.Combine(topology.Directory, "read.json");
        await File.WriteAllTextAsync(path, objects.OfType<V1ConfigMap>().Single().Data["topology.json"]);

        var read = TopologyExport.Read(path);

        var container = objects.OfType<V1StatefulSet>().First().Spec.Template.Spec.Containers.Single();
        var secret = container.VolumeMounts.Single(mount => mount.Name == "secret").MountPath;
        Assert.That(read.SecretFile, Is.EqualTo($"{secret}/{objects.OfType<V1Secret>().Single().StringData.Keys.Single()}"));
        Assert.That(read.Processes.Select(each => each.Address.Host), Is.EqualTo(["shop", "ordering"]));
        Assert.That(read.Processes.Select(each => each.Listen), Is.All.EqualTo($"http://*:{container.Ports.Single().ContainerPort}"));
        Assert.That(read.HostOf("orders")!.Name, Is.EqualTo("orders"));
    }

    [Test]
    public async Task The_ingress_routes_modules_and_pages_only()
    {
        var paths = (await Objects()).OfType<V1Ingress>().Single().Spec.Rules.Single().Http.Paths;

        Assert.That(
            paths.Select(each => (each.Path, each.PathType, each.Backend.Service.Name)),
            Is.EquivalentTo(
                TopologyExport
                    .AllModules.Select(module => ($"/{module}", "Prefix", module == "orders" ? "ordering" : "shop"))
                    .Append(("/docs", "Prefix", "shop"))
                    .Append(("/", "Exact", "shop"))
            )
        );
        Assert.That(paths.Select(each => each.Backend.Service.Port.Name), Is.All.EqualTo("http"));
    }

    [Test]
    public async Task The_topology_is_copied_at_the_first_start_and_kept_as_moves_have_changed_it()
    {
        var pod = (await Objects()).OfType<V1StatefulSet>().First().Spec.Template.Spec;
        var (config, data) = (Path.Combine(topology.Directory, "config"), Path.Combine(topology.Directory, "data"));
        Directory.CreateDirectory(config);
        await File.WriteAllTextAsync(Path.Combine(config, "topology.json"), "exported");
        var command = pod
            .InitContainers.Single()
            .Command.Select(word =>
                word.Replace("/exported", config, StringComparison.Ordinal).Replace("/data/", $"{data}/", StringComparison.Ordinal)
            )
            .ToList();
        var copy = pod.Containers.Single().Args[2].Replace("/data/", $"{data}/", StringComparison.Ordinal);

        Assert.That(await Run(command), Is.Zero);
        Assert.That(await File.ReadAllTextAsync(copy), Is.EqualTo("exported"));
        await File.WriteAllTextAsync(copy, "moved");
        Assert.That(await Run(command), Is.Zero);
        Assert.That(await File.ReadAllTextAsync(copy), Is.EqualTo("moved"));
    }

    [Test]
    public async Task Each_export_has_a_secret_of_its_own_that_only_its_owner_can_read()
    {
        var first = (await Objects()).OfType<V1Secret>().Single().StringData.Single().Value;
        Assert.That(File.GetUnixFileMode(topology.Exported("secret.yaml")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

        Directory.Delete(topology.Exported(), recursive: true);
        var second = (await Objects()).OfType<V1Secret>().Single().StringData.Single().Value;

        Assert.That(first, Has.Length.GreaterThanOrEqualTo(32).And.Not.EqualTo(second));
    }

    [TestCase("http://127.0.0.1:5081", "orders.address: Kubernetes reaches a container by a name of its own")]
    [TestCase("http://[2001:db8::7]:5081", "orders.address: Kubernetes reaches a container by a name of its own")]
    [TestCase("http://orders.example.com", "orders.address: Kubernetes takes the name of a Service")]
    [TestCase("http://shop:5081", "orders.address: main has the same host name")]
    [TestCase("https://orders", "orders.address: The process itself serves http only")]
    public async Task An_address_at_which_no_service_could_be_is_refused(string orders, string reason)
    {
        topology.At("http://shop", orders);

        var export = await topology.Export("k8s");

        Assert.That(export.ExitCode, Is.EqualTo(2));
        Assert.That(export.Errors, Does.Contain(reason));
        Assert.That(Directory.Exists(topology.Exported()), Is.False);
    }

    private async Task<List<object>> Objects() =>
        [.. (await topology.Files("k8s")).Values.SelectMany(file => KubernetesYaml.LoadAllFromString(file, typeMap: null, strict: true))];

    private static async Task<int> Run(List<string> command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
