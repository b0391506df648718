using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace McpPlatform.Hosting.Draining;

/// <summary>
/// Open files over a Unix socket, by <c>sendmsg</c> and <c>recvmsg</c> with <c>SCM_RIGHTS</c> (unix(7)), which the base library does not have. Layouts are those of 64-bit Linux, glibc and
/// musl alike: what musl pads is zero here.
/// </summary>
internal static class PassedSockets
{
    /// <summary>More than a process ever listens on.</summary>
    private const int MostFiles = 16;

    private const int MostText = 4096;
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int HeaderBytes = 16;
    private const int CloseOnExec = 0x40000000;

    /// <summary>Sends a text with open files. The other side gets copies.</summary>
    public static void Send(Socket to, string text, IReadOnlyList<int> files)
    {
        var control = new byte[HeaderBytes + Padded(files.Count * sizeof(int))];
        BitConverter.TryWriteBytes(control, (long)(HeaderBytes + (files.Count * sizeof(int))));
        BitConverter.TryWriteBytes(control.AsSpan(8), SolSocket);
        BitConverter.TryWriteBytes(control.AsSpan(12), ScmRights);
        for (var i = 0; i < files.Count; i++)
        {
            BitConverter.TryWriteBytes(control.AsSpan(HeaderBytes + (i * sizeof(int))), files[i]);
        }

        With(Encoding.UTF8.GetBytes(text), control, (ref Message message) => SendMessage((int)to.Handle, ref message, 0));
    }

    /// <summary>Receives what <see cref="Send"/> sent: the files are this process's then. Throws <see cref="SocketException"/> when nothing comes.</summary>
    public static (string Text, int[] Files) Receive(Socket from)
    {
        var (text, control) = (new byte[MostText], new byte[HeaderBytes + (MostFiles * sizeof(int))]);
        var length = With(text, control, (ref Message message) => ReceiveMessage((int)from.Handle, ref message, CloseOnExec));
        var bytes = (int)BitConverter.ToInt64(control) - HeaderBytes;
        if (length == 0 || bytes <= 0 || BitConverter.ToInt32(control, 12) != ScmRights)
        {
            throw new SocketException((int)SocketError.NoData);
        }

        return (Encoding.UTF8.GetString(text, 0, (int)length), MemoryMarshal.Cast<byte, int>(control.AsSpan(HeaderBytes, bytes)).ToArray());
    }

    /// <summary>Closes this process's copy of an open file.</summary>
    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Close(int file);

    /// <summary>Another number for the same open file, which whoever made the first one cannot close.</summary>
    [DllImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Duplicate(int file);

    private static long With(byte[] text, byte[] control, Exchange exchange)
    {
        var (textPin, controlPin) = (GCHandle.Alloc(text, GCHandleType.Pinned), GCHandle.Alloc(control, GCHandleType.Pinned));
        var part = new IoVector { Base = textPin.AddrOfPinnedObject(), Length = text.Length };
        var partPin = GCHandle.Alloc(part, GCHandleType.Pinned);
        try
        {
            var message = new Message { Parts = partPin.AddrOfPinnedObject(), PartCount = 1, Control = controlPin.AddrOfPinnedObject(), ControlLength = control.Length };
            var result = exchange(ref message);
            return result >= 0 ? result : throw new SocketException((int)SocketError.SocketError);
        }
        finally
        {
            partPin.Free();
            controlPin.Free();
            textPin.Free();
        }
    }

    private static int Padded(int bytes) => (bytes + 7) / 8 * 8;

    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SendMessage(int socket, ref Message message, int flags);

    [DllImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ReceiveMessage(int socket, ref Message message, int flags);

    private delegate nint Exchange(ref Message message);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public nint Base;
        public nint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public nint Name;
        public nint NameLength;
        public nint Parts;
        public nint PartCount;
        public nint Control;
        public nint ControlLength;
        public nint Flags;
    }
}
