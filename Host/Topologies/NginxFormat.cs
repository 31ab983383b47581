using ModularShop.Kernel.Processes;

namespace ModularShop.Host.Topologies;

/// <summary>A complete <c>nginx.conf</c> that routes each module's requests to the process that hosts it.</summary>
internal static class NginxFormat
{
    public static IReadOnlyList<ExportedFile> Write(ExportSource source) =>
        [
            new(
                "nginx.conf",
                $$"""
                # Written by: modularshop topology export --format nginx
                # Check it with: nginx -t -c FILE
                #
                # The processes ignore X-Forwarded-Proto unless they trust this proxy: set Kernel__Http__TrustedProxies to its address,
                # for example 127.0.0.1, in the environment of each process.
                # After a module has been moved, requests still arrive, by way of its former process. Export anew to route them directly.

                worker_processes auto;

                events {
                    worker_connections 4096;
                }

                http {
                    server_tokens off;
                {{Lines(source.Processes.Select(Upstream))}}

                    server {
                        # For TLS: listen 443 ssl; with ssl_certificate and ssl_certificate_key.
                        listen 80;
                        server_name _;

                        # A little more than the shop takes (4 MiB), so that the shop answers 413. Change both together:
                        # Kernel__Http__MaxRequestBody.
                        client_max_body_size 5m;

                        # Bodies are passed on as they come, and no request is sent twice.
                        proxy_request_buffering off;
                        proxy_buffering off;
                        proxy_next_upstream off;
                        proxy_redirect off;

                        # Connections to the processes are kept.
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";

                        # The shop trusts these headers when they come from this proxy, so a client must not be able to set them.
                        proxy_set_header Host $http_host;
                        proxy_set_header X-Forwarded-Proto $scheme;
                        proxy_set_header X-Forwarded-For $remote_addr;
                        proxy_set_header X-Forwarded-Host "";
                        proxy_set_header X-Forwarded-Prefix "";

                        # Requests of a module that is being moved may wait for half a minute before they are processed.
                        proxy_connect_timeout 5s;
                        proxy_read_timeout 140s;
                        proxy_send_timeout 140s;

                        # Operators' routes and the events of the modules are not public. The shop ignores case in paths.
                        location ~* ^/(admin|bus)(/|$) {
                            return 404;
                        }
                {{Lines(source.Processes.SelectMany(process => process.Modules.SelectMany(module => Locations(module, process))))}}
                {{Location("/", source.First)}}
                    }
                }

                """
            ),
        ];

    private static string Upstream(PlacedProcess process) =>
        $$"""

                upstream {{Name(process)}} {
                    server {{Server(process.Address)}} max_fails=0;
                    keepalive 64;
                }
            """;

    private static IEnumerable<string> Locations(string module, PlacedProcess process) =>
        [Location($"= /{module}", process), Location($"/{module}/", process)];

    private static string Location(string match, PlacedProcess process) =>
        $$"""

                    location {{match}} {
                        proxy_pass {{process.Address.Scheme}}://{{Name(process)}};{{(
                process.Address.Scheme == Uri.UriSchemeHttps ? Tls(process) : ""
            )}}
                    }
            """;

    private static string Tls(PlacedProcess process) =>
        $"""

                        proxy_ssl_server_name on;
                        proxy_ssl_name {process.Address.IdnHost};
                        proxy_ssl_verify on;
                        proxy_ssl_verify_depth 3;
                        proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;
            """;

    private static string Name(PlacedProcess process) => $"modularshop-{process.Name}";

    private static string Server(Uri address) =>
        $"{(address.HostNameType is UriHostNameType.IPv6 ? address.Host : address.IdnHost)}:{address.Port}";

    private static string Lines(IEnumerable<string> parts) => string.Join('\n', parts);
}
