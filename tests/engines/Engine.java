import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One node of OpenSearch or Elasticsearch on loopback, until stdin ends: Engine HOME
 *
 * <p>It prints the HTTP port once it responds. Names and constructors differ between versions, so it uses
 * reflection and is the same file for all of them.
 */
final class Engine {
  private static final boolean IS_OPENSEARCH = exists("org.opensearch.node.Node");
  private static final String BASE = IS_OPENSEARCH ? "org.opensearch." : "org.elasticsearch.";

  /** Plugins that not every version has. */
  private static final List<String> OPTIONAL_PLUGINS =
      List.of(
          BASE + "plugin.analysis.kuromoji.AnalysisKuromojiPlugin",
          BASE + "plugin.analysis.nori.AnalysisNoriPlugin",
          "RefreshSearchAnalyzers");

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    List<Class<?>> plugins = new ArrayList<>();
    plugins.add(first("analysis.common.CommonAnalysisModulePlugin", "analysis.common.CommonAnalysisPlugin"));
    plugins.add(first("transport.Netty4ModulePlugin", "transport.Netty4Plugin"));
    for (String each : OPTIONAL_PLUGINS) {
      if (exists(each)) {
        plugins.add(Class.forName(each));
      }
    }
    Object node = newNode(environment(home), plugins);
    node.getClass().getMethod("start").invoke(node);
    System.out.println("port " + port(node));
    System.out.flush();
    while (System.in.read() != -1) {
      // The parent closes stdin to end the node, and so does its own end.
    }
    Runtime.getRuntime().halt(0); // the home is temporary
  }

  private static Object environment(Path home) throws Exception {
    Map<String, String> values =
        Map.of(
            "path.home", home.toString(),
            "cluster.name", "engine",
            "node.name", "engine",
            "discovery.type", "single-node",
            "network.host", "127.0.0.1",
            "http.port", "0",
            "transport.port", "0",
            "transport.type", "netty4",
            "http.type", "netty4",
            "cluster.routing.allocation.disk.threshold_enabled", "false");
    Class<?> settings = type("common.settings.Settings");
    Object builder = settings.getMethod("builder").invoke(null);
    Method put = builder.getClass().getMethod("put", String.class, String.class);
    for (Map.Entry<String, String> each : values.entrySet()) {
      put.invoke(builder, each.getKey(), each.getValue());
    }
    Supplier<String> name = () -> "engine";
    return type("node.InternalSettingsPreparer")
        .getMethod("prepareEnvironment", settings, Map.class, Path.class, Supplier.class)
        .invoke(null, builder.getClass().getMethod("build").invoke(builder), Map.of(), home.resolve("config"), name);
  }

  private static Object newNode(Object environment, List<Class<?>> plugins) throws Exception {
    for (Constructor<?> each : type("node.Node").getDeclaredConstructors()) {
      if (each.getParameterCount() == 3 && each.getParameterTypes()[2] == boolean.class) {
        each.setAccessible(true);
        boolean wantsInfo = each.getGenericParameterTypes()[1].toString().contains("PluginInfo");
        return each.newInstance(environment, wantsInfo ? infos(plugins) : plugins, true);
      }
    }
    throw new NoSuchMethodException("Node(Environment, plugins, boolean)");
  }

  private static List<Object> infos(List<Class<?>> plugins) throws Exception {
    Class<?> version = type("Version");
    Constructor<?> constructor =
        type("plugins.PluginInfo")
            .getConstructor(
                String.class, String.class, String.class, version, String.class, String.class, String.class,
                List.class, boolean.class);
    Object current = version.getField("CURRENT").get(null);
    List<Object> infos = new ArrayList<>();
    for (Class<?> each : plugins) {
      String name = each.getName();
      infos.add(constructor.newInstance(name, "", "", current, "17", name, null, List.of(), false));
    }
    return infos;
  }

  private static int port(Object node) throws Exception {
    Object injector = node.getClass().getMethod("injector").invoke(node);
    Class<?> transport = type("http.HttpServerTransport");
    Object http = type("common.inject.Injector").getMethod("getInstance", Class.class).invoke(injector, transport);
    Object bound = transport.getMethod("boundAddress").invoke(http);
    Object published = bound.getClass().getMethod("publishAddress").invoke(bound);
    return (int) published.getClass().getMethod("getPort").invoke(published);
  }

  private static Class<?> first(String... names) throws ClassNotFoundException {
    for (String each : names) {
      if (exists(BASE + each)) {
        return type(each);
      }
    }
    throw new ClassNotFoundException(String.join(", ", names));
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(BASE + name);
  }

  private static boolean exists(String name) {
    try {
      Class.forName(name, false, Engine.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException missing) {
      return false;
    }
  }
}
