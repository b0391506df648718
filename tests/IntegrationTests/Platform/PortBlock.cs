using System.Net;
using System.Net.Sockets;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>Ports that follow each other, all free a moment ago.</summary>
internal static class PortBlock
{
    /// <summary>The first of so many. Below the ports that the system and the private servers hand out.</summary>
    public static int Find(int count)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var first = Random.Shared.Next(10_000, 19_900);
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }

        throw new InvalidOperationException("No free block of ports between 10000 and 20000.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
